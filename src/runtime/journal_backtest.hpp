#pragma once

#include <cstdint>
#include <filesystem>

#include "model/money.hpp"
#include "report/run_record.hpp"

namespace v6 {

/// A backtest over the market that a live bot saw, as its journal has it: the same core is told the
/// same chains, quotes and levels at the same instants; nothing that the broker did or said. Its
/// orders fill by the walk's model at the chains. Up to the first fill that differs it decides as
/// the live bot did.
/// Throws Failure for a journal that cannot be read.
[[nodiscard]] RunRecord backtest_of(const std::filesystem::path& journal, Money cash,
                                    std::uint64_t seed);

}  // namespace v6
