#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace v6 {

/// The instructions that pricing runs on. All give the same bits; wider ones are quicker.
enum class Path : std::uint8_t { kPortable, kAvx2, kAvx512 };

[[nodiscard]] std::string_view name_of(Path path);

/// Those this processor has and whose self-test gave the reference bits; slowest first. A path
/// that gave others is never used. Thread-safe.
[[nodiscard]] const std::vector<Path>& usable_paths();

/// The quickest usable one, unless `use_path` chose.
[[nodiscard]] Path path_in_use();

/// For tests and benchmarks: not while another thread prices. CHECKs that the path is usable.
void use_path(Path path);

}  // namespace v6
