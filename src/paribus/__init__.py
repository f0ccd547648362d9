"""paribus: controlled experiments on image classifiers. All else being equal."""

__version__ = "0.1.0"
