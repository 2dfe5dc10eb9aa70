"""What runs inside a jailed child.  Nothing here may be imported by the server: it shares its address space with hostile code."""
