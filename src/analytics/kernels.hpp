#pragma once

#include <cstdint>

namespace v6::kernels {

/// Before the first use of a vector kernel: makes Highway's dispatch obey the tested paths.
void make_ready();

/// Hash of what the kernels make of a fixed set of inputs, on whatever path is set now.
[[nodiscard]] std::uint64_t digest();

}  // namespace v6::kernels
