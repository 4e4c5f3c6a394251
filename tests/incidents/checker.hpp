#pragma once

#include <string>
#include <vector>

#include "evidence.hpp"
#include "runtime/stage.hpp"

/// What must hold whatever goes wrong, decided from three sources that share no
/// code with what decides in the bot: the broker's books, the journals, and the bytes written.
namespace v6::incidents {

struct Faults {
  std::vector<std::string> found;

  void add(std::string_view id, std::string what);
};

/// Looks while the run goes on; finish() looks at the whole.
class Checker {
 public:
  explicit Checker(Stage& stage) : stage_{&stage} {}

  /// After every step.
  void watch();
  /// `books_agree`: nothing was done to the account that the bot could not book.
  void finish(const Written& written, const Story& story, bool books_agree);
  /// Whether anything was ever held that could lose without bound.
  [[nodiscard]] const Faults& faults() const { return faults_; }

 private:
  void journal_first(const Written& written, const Story& story);
  void orders_at_broker(const Story& story, bool books_agree);
  void fills(const Story& story);
  void books();
  void inputs(const Written& written, const Story& story);
  void reconciled_before_risk(const Written& written, const Story& story);
  void numbers(const Written& written);
  void no_silent_trouble(const Story& story);

  Stage* stage_;
  Faults faults_;
  std::optional<Instant> differing_since_;
  bool uncovered_told_ = false;
  bool difference_told_ = false;
};

}  // namespace v6::incidents
