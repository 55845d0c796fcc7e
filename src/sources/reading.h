// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The words in which this room's tests speak: write a file, read a source back as text. Tests only.
#pragma once

#include <gtest/gtest.h>
#include <penstock/source.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/fingerprint.h"
#include "os/temp_folder.h"

namespace penstock::sources {

/// A folder of input files that goes with the test.
class Inputs {
 public:
  /// The path of a file with these bytes.
  std::string write(const std::string& name, std::string_view bytes) const {
    const std::string file = path(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }

 private:
  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
};

/// All items, asked for `items_max` at a time. An error becomes a last item that is bad.
inline std::vector<SourceItem> read_all(Source& source, std::size_t items_max = 100) {
  std::vector<SourceItem> items;
  for (;;) {
    auto state = source.read(items_max, items);
    if (!state) {
      items.emplace_back().bad = state.error();
      return items;
    }
    EXPECT_NE(*state, SourceState::waiting);
    if (*state == SourceState::end) return items;
  }
}

/// One line an item: its value, `#key` if it has one, `!kind: message` if it is bad. The folder of
/// the inputs is left out of messages.
inline std::string to_text(const std::vector<SourceItem>& items, const Inputs& inputs) {
  std::string text;
  for (const SourceItem& item : items) {
    text += item.value;
    if (!item.key.empty()) text += " #" + item.key;
    if (item.bad) text += " !" + item.bad->kind + ": " + item.bad->message;
    text += '\n';
    if (!item.value.empty()) {
      EXPECT_EQ(item.content, fingerprint(item.value));
    }
  }
  const std::string folder = inputs.path("");
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) {
    text.erase(at, folder.size());
  }
  return text;
}

/// What a source gives, whatever the number of items asked for at a time and however many are
/// skipped first.
inline std::string read_back(auto open, const Inputs& inputs) {
  auto source = open();
  if (!source) return "cannot open: " + to_text({SourceItem{.bad = source.error()}}, inputs);
  const auto items = read_all(**source);
  for (const std::size_t items_max : {1U, 2U, 3U}) {
    auto again = open();
    EXPECT_EQ(to_text(read_all(**again, items_max), inputs), to_text(items, inputs));
  }
  for (std::size_t skipped = 0; skipped <= items.size() + 1; ++skipped) {
    auto again = open();
    if (!(*again)->skip(skipped)) continue;  // The error that read() would have given.
    const auto begin = items.begin() + std::min(skipped, items.size());
    EXPECT_EQ(to_text(read_all(**again), inputs), to_text({begin, items.end()}, inputs));
  }
  return to_text(items, inputs);
}

}  // namespace penstock::sources
