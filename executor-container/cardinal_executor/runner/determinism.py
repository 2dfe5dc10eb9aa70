"""Equal input gives equal bytes: what would differ from run to run is fixed before the author's code starts."""

import random
import tempfile
import uuid

SEED = 20240101


def settle() -> None:
    """Seeds `random` and `numpy.random`, its new generators included (seaborn's error bars make one), makes uuid4 a seeded sequence
    (Styler ids, plotly divs), resets temporary names."""
    import numpy
    import numpy.random.bit_generator
    from pandas.io.formats import style_render

    random.seed(SEED)
    numpy.random.seed(SEED)
    tempfile._name_sequence = None  # type: ignore[attr-defined]  # the zygote's would repeat in every child
    source = random.Random(SEED)
    numpy.random.bit_generator.randbits = random.Random(
        SEED
    ).getrandbits  # what a generator without a seed takes from the system

    def seeded_uuid4() -> uuid.UUID:
        return uuid.UUID(int=source.getrandbits(128), version=4)

    uuid.uuid4 = seeded_uuid4
    style_render.uuid4 = seeded_uuid4
