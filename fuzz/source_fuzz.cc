// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a file of lines, CSV or JSONL, packed or not: the same items however many are asked
// for at a time and however many are skipped first; each a JSON object, or bad by itself.
//
//     input := byte (format and options), the file
#include <penstock/sources.h>

#include <algorithm>
#include <string>
#include <vector>

#include "check.h"
#include "core/fingerprint.h"
#include "core/json.h"
#include "os/memory_file.h"

namespace penstock {
namespace {

Result<std::unique_ptr<Source>> open_as(std::uint8_t choice, const std::string& path) {
  const std::string key = (choice & 4U) != 0 ? "id" : "";
  TextInput input(std::vector<std::string>{path});
  if ((choice & 3U) == 1) {
    return open_csv(std::move(input), {.separator = (choice & 8U) != 0 ? '\t' : ',', .key = key});
  }
  if ((choice & 3U) == 2) return open_jsonl(std::move(input), {.key = key});
  return open_lines(std::move(input),
                    {.as = "id",
                     .blank = (choice & 8U) != 0 ? BlankLines::keep : BlankLines::skip,
                     .trim = (choice & 16U) != 0 ? Trim::ends : Trim::nothing,
                     .key = key});
}

std::string text_of(const SourceItem& item) {
  return item.value + " #" + item.key + " " + std::to_string(item.line) +
         (item.bad ? " !" + item.bad->kind + ": " + item.bad->message : "");
}

/// What is left, one text an item; an error is a last one.
std::vector<std::string> drain(Source& source, std::size_t items_max) {
  std::vector<std::string> seen;
  for (;;) {
    std::vector<SourceItem> items;
    const auto state = source.read(items_max, items);
    PENSTOCK_ASSERT(items.size() <= items_max);
    for (const SourceItem& item : items) seen.push_back(text_of(item));
    if (!state) seen.push_back("!" + state.error().kind + ": " + state.error().message);
    if (!state || *state == SourceState::end) return seen;
  }
}

void check_items(Source& source) {
  std::vector<SourceItem> items;
  while (true) {
    const auto state = source.read(1'000, items);
    if (!state || *state == SourceState::end) break;
  }
  for (const SourceItem& item : items) {
    if (item.bad && item.value.empty()) continue;
    const auto value = json::Document::parse(item.value);
    PENSTOCK_ASSERT(value && value->root().is(json::Kind::object));
    PENSTOCK_ASSERT(item.content == fingerprint(item.value));
  }
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view text = fuzz::as_text(bytes, size);
  const std::uint8_t choice = fuzz::take_byte(text);
  const auto file = os::make_sealed_file(text);
  PENSTOCK_ASSERT(file.has_value());
  const std::string path = "/proc/self/fd/" + std::to_string(file->get());
  auto source = open_as(choice, path);
  if (!source) return 0;
  check_items(**source);
  const auto whole = drain(**open_as(choice, path), 1'000);
  PENSTOCK_ASSERT(drain(**open_as(choice, path), 1) == whole);
  const std::size_t skipped = std::min<std::size_t>(choice >> 5U, whole.size());
  source = open_as(choice, path);
  if ((*source)->skip(skipped)) {
    const auto rest = drain(**source, 2);
    PENSTOCK_ASSERT(std::equal(rest.begin(), rest.end(), whole.begin() + skipped, whole.end()));
  }
  return 0;
}
