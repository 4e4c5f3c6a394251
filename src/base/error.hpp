#pragma once

#include <stdexcept>
#include <string>

namespace v6 {

/// What a process answers its caller with (docs: README, "Exit codes").
enum class ExitCode {
  kDone = 0,
  kBadAnswer = 1,
  kUsage = 2,
  kConfiguration = 3,
  kData = 4,
  kRefused = 5,
  kBroker = 6,
  kBug = 70,
};

/// Cannot start or cannot go on: thrown where nobody between could help, caught in main, printed
/// as one line. The text says what, where (file, line, field, value), what is allowed, what to do.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& text) : std::runtime_error(text), code_{code} {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

[[noreturn]] inline void fail_data(const std::string& text) {
  throw Failure(ExitCode::kData, text);
}
[[noreturn]] inline void fail_usage(const std::string& text) {
  throw Failure(ExitCode::kUsage, text);
}
[[noreturn]] inline void fail_configuration(const std::string& text) {
  throw Failure(ExitCode::kConfiguration, text);
}

}  // namespace v6
