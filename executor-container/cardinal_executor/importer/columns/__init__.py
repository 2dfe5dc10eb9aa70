"""From cells to types: the class of a cell, in Python and in SQL, and what a whole column shows. Knows nothing of files' structure."""
