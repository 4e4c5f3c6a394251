#pragma once

#include "engine/state.hpp"

namespace v6 {

/// The whole of V6's judgement: what has happened goes in, what is to be done comes out. No clock,
/// no chance, no thread, no I/O: equal states and events give equal states and commands.
[[nodiscard]] Commands step(State& state, const Event& event);

}  // namespace v6
