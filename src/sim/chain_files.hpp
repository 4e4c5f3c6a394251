#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/contract_index.hpp"
#include "model/event.hpp"

/// End-of-day option chains from files, one file a day. Whatever is wrong with a file ends in a
/// Failure (exit code 4) whose line names the file, line, field, value and what is accepted; a
/// single quote that cannot be traded on is refused and counted instead.
namespace v6 {

class Calendar;

struct ChainFile {
  Date date;
  std::filesystem::path path;
};

/// The files SYMBOL_YYYYMMDD.csv.gz (or .csv) of a folder dated within [from, to], by date; other
/// files are ignored. Fails when there is none, when a date has two files, and for a file of a day
/// without a session: its quotes can only be stale.
[[nodiscard]] std::vector<ChainFile> list_chain_files(const std::filesystem::path& folder,
                                                      Symbol underlying, Date from, Date to,
                                                      const Calendar& calendar);

/// What parsing a file gives before its contracts have ids: `chain.contract` is still empty.
struct ParsedDay {
  Date date;
  Price spot;
  std::vector<ContractKey> contracts;
  Chain chain;
  std::vector<RefusedQuotes> refused;
  std::uint64_t rows = 0;
  std::vector<std::string> warnings;
};

struct DayOfQuotes {
  Date date;
  Price spot;
  std::shared_ptr<const Chain> chain;  // rows in the order of the file
  ContractsListed new_contracts;       // empty when all were known
  std::vector<RefusedQuotes> refused;  // reasons: expired, negative, no_quote, no_ask, crossed
  std::uint64_t rows = 0;              // of the file, refused ones included
  /// The first few refused rows of each reason worth a look, then how many more there are.
  std::vector<std::string> warnings;
};

/// The expensive half: reads, inflates and parses one file. Safe on any thread.
/// An implied volatility of 0 means that the file has none; its delta and gamma are then absent
/// too.
[[nodiscard]] ParsedDay parse_chain_file(const ChainFile& file, Symbol underlying);

/// The cheap half: gives the contracts their ids. Call in order of dates.
[[nodiscard]] DayOfQuotes intern_day(ParsedDay day, ContractIndex& index);

/// Whether the chains share contracts and not one of those moved: a copy stamped with another date.
[[nodiscard]] bool same_quotes(const Chain& a, const Chain& b);

/// Fails when a day's quotes are a copy of the previous file's, naming both.
void refuse_stale_copy(const ChainFile& file, const Chain& chain, const ChainFile& previous,
                       const Chain& previous_chain);

}  // namespace v6
