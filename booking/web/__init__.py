"""HTTP in and out: read the input, open the transaction, call one service, render."""
