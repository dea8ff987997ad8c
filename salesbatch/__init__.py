"""salesbatch: workbooks and bank files in, a correct sales ledger out."""

__version__ = "0.1.0"
