"""Any dimension that can be made, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from frameworm.search import Integer, Real

floats = st.floats(-8e307, 8e307)  # a wider range has no width that is a number
positive = st.floats(5e-324, 1e308)
whole = st.integers(-(2**53), 2**53)

reals = st.one_of(
    st.tuples(floats, floats).map(lambda ends: Real(*sorted(ends))),
    st.tuples(positive, positive).map(lambda ends: Real(*sorted(ends), log=True)),
    # Decimals as users write them: 0.1 to 0.7 by 0.2.
    st.tuples(st.integers(-999, 999), st.integers(1, 999), st.integers(0, 60)).map(
        lambda t: Real(t[0] / 100, (t[0] + t[1] * t[2]) / 100, step=t[1] / 100)
    ),
)
integers = st.one_of(
    st.tuples(whole, whole).map(lambda ends: Integer(*sorted(ends))),
    st.tuples(*[st.integers(1, 2**53)] * 2).map(lambda ends: Integer(*sorted(ends), log=True)),
    st.tuples(st.integers(-999, 999), st.integers(1, 99), st.integers(0, 60)).map(
        lambda t: Integer(t[0], t[0] + t[1] * t[2], step=t[1])
    ),
)
ranges = st.one_of(reals, integers)
