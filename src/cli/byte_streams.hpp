#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace v6 {

/// A file descriptor of our own, closed with this value; or standard input or output, which stay
/// open.
class Descriptor {
 public:
  Descriptor(int number, bool owned) : number_{number}, owned_{owned} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  /// Device and file: equal for two names of one file. Nothing for pipes, terminals and devices,
  /// which may well be both read and written.
  [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> file() const;

 private:
  int number_;
  bool owned_;
};

/// Bytes from a file or, as "-", standard input.
class ByteSource {
 public:
  /// Throws Failure (data) for what cannot be read.
  explicit ByteSource(const std::string& path);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Descriptor& descriptor() const { return descriptor_; }
  /// Bytes in a file; nothing for a pipe.
  [[nodiscard]] std::optional<std::size_t> size() const;
  /// Reads up to `most` bytes to the end of `text`; 0 at the end of the input.
  std::size_t read(std::string& text, std::size_t most) const;
  /// More is there, or the end: reading would not wait.
  [[nodiscard]] bool ready() const;

 private:
  std::string name_;
  Descriptor descriptor_;
};

/// Thrown by a write when whoever read our output has closed it.
struct ReaderGone {};

/// Bytes to a file or, as "-", standard output. A file stands under its name only when it is whole:
/// until `keep` it is written beside it, and gone if that is never called, whatever ends the
/// program but a kill -9 or a power cut.
class ByteSink {
 public:
  /// Throws Failure: data for what cannot be written, usage for the file that is also `source`.
  ByteSink(const std::string& path, const ByteSource& source);
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  ~ByteSink();

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Throws ReaderGone, and Failure (data) for a full disk.
  void write(std::string_view text) const;
  void keep();

 private:
  std::string name_;
  std::filesystem::path file_;  // what is replaced; empty if written to directly
  std::string part_;            // what is written meanwhile
  std::optional<Descriptor> descriptor_;
};

}  // namespace v6
