// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Every kind is a function from its table to a spec; `lines = "x"` is short for
// `lines = { file = "x" }`.
#include "catalog/source_kinds.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <penstock/sources.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "catalog/longest_first.h"
#include "core/json.h"
#include "os/file.h"

namespace penstock::catalog {
namespace {

namespace fs = std::filesystem;

/// One [input] table while it is read.
struct Reading {
  SettingReader& input;
  SettingReader& own;  // The kind's own table.
  const fs::path& folder;
};

std::string absolute(const Reading& reading, const std::string& path) {
  return (reading.folder / path).lexically_normal().string();
}

/// `as` and `key` may stand beside the kind or inside its table.
std::optional<std::string> shared_text(Reading& reading, std::string_view key) {
  const std::optional<std::string> inner = reading.own.text(key);
  const std::optional<std::string> outer = reading.input.text(key);
  return inner ? inner : outer;
}

/// A dup that the source may own, so that descriptor 0 stays what it is.
Result<PipedInput> piped(const SourceResources& resources) {
  const int fd = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (fd < 0) return Error{Errc::system, "standard input is closed", "input.stdin"};
  return PipedInput{fd, resources.spool, resources.waker};
}

/// Where text comes from: files, or standard input.
struct TextPlace {
  std::vector<std::string> files;
  std::string words;
  bool is_pipe = false;

  Result<TextInput> input(const SourceResources& resources) const {
    if (!is_pipe) return TextInput(files);
    PENSTOCK_TRY(pipe, piped(resources));
    return TextInput(std::move(pipe));
  }
};

void check_readable(Reading& reading, std::string_view key, const std::string& path) {
  const Result<os::File> file = os::File::open(path, os::FileMode::read);
  if (!file) reading.own.problem(key, file.error().message);
}

/// `file` or `files` of the kind's table.
TextPlace read_place(Reading& reading) {
  TextPlace place;
  const std::string_view key = reading.own.tree().find("files") != nullptr ? "files" : "file";
  const auto names = reading.own.texts(key);
  reading.own.any(key == "file" ? "files" : "file");
  if (!names || names->empty()) {
    reading.own.problem(key, "expected the path of a file");
    return place;
  }
  for (const std::string& name : *names) {
    place.files.push_back(absolute(reading, name));
    if (name == "-")
      reading.own.problem(key, "for standard input write stdin = \"lines\"");
    else
      check_readable(reading, key, place.files.back());
  }
  place.words = names->size() == 1 ? names->front() : fmt::format("{} files", names->size());
  return place;
}

TextPlace standard_input() { return {.words = "standard input", .is_pipe = true}; }

/// Fields by looking at the first item: good for tables, whose items all have the same.
std::optional<std::vector<std::string>> fields_of_first(const SourceSpec& spec) {
  if (spec.is_pipe) return std::nullopt;
  auto source = spec.open({});
  std::vector<SourceItem> items;
  if (!source || !(*source)->read(1, items) || items.empty()) return std::nullopt;
  const Result<json::Document> value = json::Document::parse(items.front().value);
  if (!value) return std::nullopt;
  std::vector<std::string> fields;
  for (const json::Member& member : value->root().members()) fields.emplace_back(member.name);
  return fields;
}

SourceSpec text_spec(std::string kind, std::string_view what, const TextPlace& place,
                     bool has_key) {
  SourceSpec spec{.kind = std::move(kind), .words = std::string(what) + place.words};
  spec.is_pipe = place.is_pipe;
  spec.has_key = has_key;
  spec.paths = place.files;
  return spec;
}

SourceSpec lines_of(Reading& reading, const TextPlace& place) {
  LinesOptions options;
  if (const auto as = shared_text(reading, "as")) options.as = *as;
  if (const auto key = shared_text(reading, "key")) options.key = *key;
  if (const auto blank = reading.own.choice("blank", {"skip", "keep"}))
    options.blank = *blank == 0 ? BlankLines::skip : BlankLines::keep;
  if (const auto trim = reading.own.boolean("trim"))
    options.trim = *trim ? Trim::ends : Trim::nothing;
  SourceSpec spec = text_spec("lines", "lines of ", place, !options.key.empty());
  spec.fields = std::vector<std::string>{options.as};
  spec.open = [place, options](const SourceResources& r) -> Result<std::unique_ptr<Source>> {
    PENSTOCK_TRY(input, place.input(r));
    return open_lines(std::move(input), options);
  };
  return spec;
}

SourceSpec csv_of(Reading& reading, const TextPlace& place) {
  CsvOptions options;
  if (const auto key = shared_text(reading, "key")) options.key = *key;
  if (const auto separator = reading.own.text("separator")) {
    if (separator->size() == 1)
      options.separator = separator->front();
    else
      reading.own.problem("separator", "expected one character, such as \";\" or \"\\t\"");
  }
  SourceSpec spec = text_spec("csv", "rows of ", place, !options.key.empty());
  spec.open = [place, options](const SourceResources& r) -> Result<std::unique_ptr<Source>> {
    PENSTOCK_TRY(input, place.input(r));
    return open_csv(std::move(input), options);
  };
  if (!reading.own.problems().has_errors()) spec.fields = fields_of_first(spec);
  return spec;
}

SourceSpec jsonl_of(Reading& reading, const TextPlace& place) {
  JsonlOptions options;
  if (const auto key = shared_text(reading, "key")) options.key = *key;
  SourceSpec spec = text_spec("jsonl", "JSON lines of ", place, !options.key.empty());
  spec.open = [place, options](const SourceResources& r) -> Result<std::unique_ptr<Source>> {
    PENSTOCK_TRY(input, place.input(r));
    return open_jsonl(std::move(input), options);
  };
  return spec;
}

SourceSpec read_lines(Reading& reading) { return lines_of(reading, read_place(reading)); }
SourceSpec read_csv(Reading& reading) { return csv_of(reading, read_place(reading)); }
SourceSpec read_jsonl(Reading& reading) { return jsonl_of(reading, read_place(reading)); }

SourceSpec read_stdin(Reading& reading) {
  const auto format = reading.own.choice("format", {"lines", "csv", "jsonl"});
  if (format == 1U) return csv_of(reading, standard_input());
  if (format == 2U) return jsonl_of(reading, standard_input());
  return lines_of(reading, standard_input());
}

SourceSpec read_glob(Reading& reading) {
  GlobOptions options;
  const std::string pattern = reading.own.text("pattern").value_or("");
  if (pattern.empty())
    reading.own.problem("pattern", "expected a pattern such as \"texts/**/*.txt\"");
  options.pattern = absolute(reading, pattern);
  SourceSpec spec{.kind = "glob", .words = "files " + pattern};
  spec.fields = std::vector<std::string>{"path", "name", "bytes"};
  spec.open = [options](const SourceResources&) { return open_glob(options); };
  return spec;
}

SourceSpec read_range(Reading& reading) {
  RangeOptions options;
  const std::string text = reading.own.text("range").value_or("");
  if (const Result<RangeOptions> parsed = parse_range(text))
    options = *parsed;
  else
    reading.own.problem("range", parsed.error().message);
  if (const auto as = shared_text(reading, "as")) options.as = *as;
  SourceSpec spec{.kind = "range", .words = "numbers " + text};
  spec.fields = std::vector<std::string>{options.as};
  spec.open = [options](const SourceResources&) { return make_range(options); };
  return spec;
}

SourceSpec read_sqlite(Reading& reading) {
  SqliteOptions options;
  const std::string file = reading.own.text("file").value_or("");
  if (file.empty()) reading.own.problem("file", "expected the path of an SQLite file");
  options.file = absolute(reading, file);
  if (!file.empty()) check_readable(reading, "file", options.file);
  options.query = reading.own.text("query").value_or("");
  if (options.query.empty())
    reading.own.problem("query", "expected a SELECT statement; its ORDER BY is the order of items");
  if (const auto key = shared_text(reading, "key")) options.key = *key;
  SourceSpec spec{.kind = "sqlite", .words = "rows of a query in " + file};
  spec.has_key = !options.key.empty();
  spec.open = [options](const SourceResources&) { return open_sqlite_query(options); };
  if (!reading.own.problems().has_errors()) spec.fields = fields_of_first(spec);
  return spec;
}

struct Kind {
  std::string_view name;
  std::string_view short_key;  // What a plain string stands for.
  SourceSpec (*read)(Reading&);
};

constexpr std::array<Kind, 7> kKinds{{{"lines", "file", read_lines},
                                      {"csv", "file", read_csv},
                                      {"jsonl", "file", read_jsonl},
                                      {"glob", "pattern", read_glob},
                                      {"range", "range", read_range},
                                      {"sqlite", "file", read_sqlite},
                                      {"stdin", "format", read_stdin}}};

/// The kind's table, also where only a string or a list of strings was given.
Setting own_table(const Setting& value, std::string_view short_key) {
  if (value.kind == SettingKind::table) return value;
  Setting table{.kind = SettingKind::table, .at = value.at};
  table.entries.push_back({std::string(short_key), value.at, value});
  return table;
}

std::optional<SourceSpec> read_kind(const Kind& kind, const Setting& value, SettingReader& input,
                                    const fs::path& folder) {
  const std::size_t errors_before = input.problems().errors();
  const Setting table = own_table(value, kind.short_key);
  SettingReader own(table, input.path_of(kind.name), input.problems());
  Reading reading{input, own, folder};
  SourceSpec spec = kind.read(reading);
  own.done();
  if (input.problems().errors() > errors_before) return std::nullopt;
  return spec;
}

/// Of a file its own size, of anything else that of its fields.
std::uint64_t size_of(const SourceItem& item) {
  const Result<json::Document> value = json::Document::parse(item.value);
  const auto bytes = value ? value->root().member("bytes") : std::nullopt;
  const auto number = bytes ? bytes->integer() : std::nullopt;
  return number && *number >= 0 ? static_cast<std::uint64_t>(*number) : item.value.size();
}

/// `order = "longest"` around whatever the kind is.
void read_order(SettingReader& input, SourceSpec& spec) {
  if (input.choice("order", {"input", "longest"}).value_or(0) == 0) return;
  if (spec.is_pipe) input.problem("order", "standard input cannot be sorted: it has no end yet");
  spec.words += ", the longest first";
  spec.open = [open = spec.open](const SourceResources& r) -> Result<std::unique_ptr<Source>> {
    PENSTOCK_TRY(source, open(r));
    const fs::path folder =
        r.spool.empty() ? fs::temp_directory_path() : fs::path(r.spool).parent_path();
    return sort_longest_first(std::move(source), size_of, folder);
  };
}

}  // namespace

std::optional<SourceSpec> read_source(SettingReader& input, const fs::path& folder) {
  const Kind* chosen = nullptr;
  for (const Kind& kind : kKinds) {
    if (input.any(kind.name) == nullptr) continue;
    if (chosen != nullptr) {
      input.problem(kind.name,
                    fmt::format("one input is enough: there is {} already", chosen->name));
      return std::nullopt;
    }
    chosen = &kind;
  }
  if (chosen == nullptr) {
    input.any("as");
    input.any("key");
    input.any("order");
    input.done();
    input.problem("",
                  "says where items come from: lines, csv, jsonl, glob, range, sqlite or stdin");
    return std::nullopt;
  }
  std::optional<SourceSpec> spec = read_kind(*chosen, *input.any(chosen->name), input, folder);
  if (spec) read_order(input, *spec);
  input.any("order");
  input.done();
  return spec;
}

}  // namespace penstock::catalog
