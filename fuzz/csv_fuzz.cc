// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes in any chunks give the same records, and what was read is read again when written.
#include "core/csv.h"

#include <algorithm>
#include <string>
#include <vector>

#include "check.h"

namespace penstock {
namespace {

using Fields = std::vector<std::string>;

// Errors are records too: of one field, their message.
void drain(csv::Reader& reader, std::vector<Fields>& records) {
  while (true) {
    const auto record = reader.next();
    if (!record) {
      records.push_back({record.error().message});
    } else if (*record) {
      PENSTOCK_ASSERT((*record)->line >= 1 && !(*record)->fields.empty());
      records.emplace_back((*record)->fields.begin(), (*record)->fields.end());
    } else {
      return;
    }
  }
}

std::vector<Fields> read(std::string_view text, std::size_t chunk_bytes,
                         const csv::ReadOptions& options) {
  csv::Reader reader(options);
  std::vector<Fields> records;
  while (!text.empty()) {
    const std::size_t bytes = std::min(chunk_bytes, text.size());
    reader.feed(text.substr(0, bytes));
    drain(reader, records);
    text.remove_prefix(bytes);
  }
  reader.finish();
  drain(reader, records);
  return records;
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view text = fuzz::as_text(bytes, size);
  const std::uint8_t choice = fuzz::take_byte(text);
  constexpr std::string_view kDelimiters = ",;\t|";
  csv::ReadOptions options;
  options.delimiter = kDelimiters[choice & 3U];
  options.record_bytes_max = (choice & 4U) != 0 ? 8 : 1'000'000;
  options.fields_max = (choice & 8U) != 0 ? 3 : 1'000;
  const auto records = read(text, SIZE_MAX, options);
  PENSTOCK_ASSERT(read(text, 1 + (choice >> 4U), options) == records);
  const csv::WriteOptions write{options.delimiter, csv::SpreadsheetSafe::no};
  std::string written;
  for (const Fields& fields : records) {
    const std::vector<std::string_view> views(fields.begin(), fields.end());
    csv::write_record(views, written, write);
  }
  csv::ReadOptions unlimited;
  unlimited.delimiter = options.delimiter;
  PENSTOCK_ASSERT(read(written, SIZE_MAX, unlimited) == records);
  return 0;
}
