"""Compile the kernels of the signals once, before many processes want them: `python -m tools.kernels`."""

from auctor.risk import compiled

if __name__ == "__main__" and compiled.is_awaited():
    compiled.compile_all()
