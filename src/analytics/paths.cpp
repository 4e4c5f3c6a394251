#include "analytics/paths.hpp"

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <utility>

#include "analytics/kernels.hpp"
#include "base/check.hpp"

namespace v6 {
namespace {

constexpr std::uint64_t kReferenceDigest = 0x7441ddda56face46;

constexpr std::array kTargets{std::pair{Path::kPortable, std::int64_t{HWY_STATIC_TARGET}},
                              std::pair{Path::kAvx2, std::int64_t{HWY_AVX2}},
                              std::pair{Path::kAvx512, std::int64_t{HWY_AVX3}}};

void dispatch_to(std::int64_t targets) {
  hwy::SetSupportedTargetsForTest(targets);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

struct Paths {
  std::vector<Path> usable;
  Path chosen = Path::kPortable;

  Paths() {
    const std::int64_t supported = hwy::SupportedTargets();
    for (const auto& [path, target] : kTargets) {
      if ((supported & target) == 0) { continue; }
      dispatch_to(target);
      if (kernels::digest() == kReferenceDigest) { usable.push_back(path); }
    }
    V6_CHECK(!usable.empty(), "no path computes the reference bits");
    choose(usable.back());
  }

  void choose(Path path) {
    chosen = path;
    dispatch_to(std::ranges::find(kTargets, path, &decltype(kTargets)::value_type::first)->second);
  }
};

Paths& paths() {
  static Paths all;
  return all;
}

}  // namespace

void kernels::make_ready() { static_cast<void>(paths()); }

std::string_view name_of(Path path) {
  switch (path) {
    case Path::kPortable: return "portable";
    case Path::kAvx2: return "avx2";
    case Path::kAvx512: return "avx512";
  }
  return "?";
}

const std::vector<Path>& usable_paths() { return paths().usable; }

Path path_in_use() { return paths().chosen; }

void use_path(Path path) {
  V6_CHECK(std::ranges::find(usable_paths(), path) != usable_paths().end(), "path not usable here");
  paths().choose(path);
}

}  // namespace v6
