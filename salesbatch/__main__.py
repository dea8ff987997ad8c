"""`python -m salesbatch` is the same program as the `salesbatch` command."""

from salesbatch.cli import main

if __name__ == "__main__":
    main()
