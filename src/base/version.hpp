#pragma once

#include <string_view>

namespace v6 {

inline constexpr std::string_view kVersion = "0.1.0";

#if defined(__clang__)
inline constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
inline constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

}  // namespace v6
