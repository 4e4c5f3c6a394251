#pragma once

#include <string>
#include <string_view>

#include "runtime/replay.hpp"

namespace v6 {

/// One decision (D-0012), order (O-0003 or its intent I-0003), structure (S-0002) or fill (F-0007)
/// in words a trader would use, from the journal alone. Throws Failure (usage) for an id that is
/// malformed or not in the journal, and says which there are.
[[nodiscard]] std::string explain(const JournalStory& story, std::string_view id);

}  // namespace v6
