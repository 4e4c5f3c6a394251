#pragma once

#include <cstdint>

namespace v6 {

/// The one definition the sources and tests of this folder see; the headers only declare the type,
/// so that they combine with model/contract.hpp, which has the same definition for everyone else.
enum class OptionRight : std::uint8_t { kCall, kPut };

}  // namespace v6
