"""What ./run bench measures is the same work: on a small generated package every rival says and derives the same. Nothing is timed here."""

import bench
import derive
import pytest
from conftest import problems_of
from generate import A_COMPANY, generate


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("bench") / "package", A_COMPANY * 2)


def test_generated_packages_are_valid(generated):
    assert problems_of(generated) == []


def test_pandas_and_polars_derive_the_same(generated):
    ours = derive.opencapex(generated)
    assert len(ours["amounts"]) == 2 * A_COMPANY * 2 and len(ours["growth"]) > A_COMPANY
    assert derive.differences(ours, derive.in_pandas(generated)) == []
    theirs = derive.in_polars(generated)
    assert derive.differences(ours, theirs) == []
    theirs["growth"].loc[0, "lower_percent"] += 0.01
    assert derive.differences(ours, theirs) != []


def test_frictionless_gives_the_same_verdicts(generated, tmp_path):
    bench.same_verdicts(generated, tmp_path)
