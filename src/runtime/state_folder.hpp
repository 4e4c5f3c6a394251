#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ibkr/client_settings.hpp"

namespace v6 {

/// One bot's home on disk. At most one process lives in it at a time (I-28).
///
///   lock            held while a process lives here
///   book            what its orders are named after, made once
///   journal/N.db    one journal for each life, in order
///   wire/N-M.v6wire what went over the wire in life N, in parts
///   contracts.csv   the broker's numbers for contracts
///   starts          when processes began that did not end in good order
///   halt            while this file exists nothing is opened; its text is the reason
///   control.sock    where `v6 status` and the words for stopping go
class StateFolder {
 public:
  /// Makes the folder (mode 0700) if there is none. Throws Failure: kRefused when another process
  /// lives here, kConfiguration when it cannot be used.
  /// `book` names the orders of a folder that is made anew; absent: a random one does.
  explicit StateFolder(std::filesystem::path path, std::optional<ibkr::Book> book = std::nullopt);
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  ~StateFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const ibkr::Book& book() const { return book_; }

  /// Journals of earlier lives, oldest first.
  [[nodiscard]] std::vector<std::filesystem::path> journals() const;
  [[nodiscard]] std::filesystem::path next_journal() const;
  [[nodiscard]] std::filesystem::path wire() const { return path_ / "wire"; }

  [[nodiscard]] std::vector<ibkr::ContractRow> contracts() const;
  void store(const std::vector<ibkr::ContractRow>& rows) const;

  /// Notes that a life begins; how many within `window` before it did not end in good order.
  [[nodiscard]] std::size_t begin_life(Instant now, Duration window) const;
  void end_life() const;

  [[nodiscard]] std::filesystem::path control_socket() const { return path_ / "control.sock"; }
  [[nodiscard]] std::filesystem::path halt_file() const { return path_ / "halt"; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
  ibkr::Book book_{};
};

/// Where a life's journal lies, and which life a journal or a part of a wire record is of.
[[nodiscard]] std::filesystem::path journal_path(const std::filesystem::path& state,
                                                 std::uint32_t life);
[[nodiscard]] std::uint32_t life_of(const std::filesystem::path& file);

}  // namespace v6
