#pragma once

#include <cstdint>

namespace v6 {

/// A Brownian bridge from 0 at step 0 to 0 at step `length`, of unit variance per step: its value
/// at step `at`. A pure function of the seed, the same on every machine: each half is fixed by its
/// middle first (Levy's construction), with normals made of sums of uniforms.
/// Needs 0 <= at <= length.
[[nodiscard]] double bridge(std::uint64_t seed, std::int64_t at, std::int64_t length);

}  // namespace v6
