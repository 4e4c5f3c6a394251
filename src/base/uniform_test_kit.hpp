#pragma once

#include <rapidcheck.h>

namespace v6 {

/// A number from low up to but not including high, each as likely as the other. For properties;
/// rapidcheck's own range starts narrow and grows with the size of the case.
template <class T>
[[nodiscard]] T uniform(T low, T high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<T>(low, high));
}

}  // namespace v6
