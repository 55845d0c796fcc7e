// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Tables share their columns and what becomes of failures; each kind adds its own few keys.
#include "catalog/sink_kinds.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <penstock/sinks.h>
#include <unistd.h>

#include <algorithm>

namespace penstock::catalog {
namespace {

namespace fs = std::filesystem;

/// The [output] table while it is read, and what all of its tables share.
struct Reading {
  SettingReader& output;
  const fs::path& folder;
  TemplateReader& templates;
  OutputSpec& spec;
  std::vector<Column> columns{};
  Rows rows = Rows::all;
};

std::string absolute(const Reading& reading, const std::string& path) {
  return (reading.folder / path).lexically_normal().string();
}

/// What the ledger calls an output: by its way from the job file, so that a job that is moved or
/// copied with its run still knows its own files. What the job says absolutely stays where it is.
std::string ledger_name(const Reading& reading, const SinkSpec& spec) {
  const fs::path path(spec.path);
  if (fs::path(spec.shown).is_absolute()) return spec.kind + ":" + path.string();
  return spec.kind + ":" + path.lexically_relative(reading.folder.lexically_normal()).string();
}

void add_column(Reading& reading, std::string name, const Setting& text, std::string pattern) {
  reading.templates.parse(pattern, placeholders::Place::plain, text.at,
                          reading.output.path_of("columns"));
  reading.columns.push_back({std::move(name), std::move(pattern)});
}

/// `["term", "page.bytes"]`, or `{ bytes = "{page.bytes}" }`.
void read_columns(Reading& reading) {
  const Setting* value = reading.output.any("columns");
  if (value == nullptr) return;
  for (const SettingEntry& entry : value->entries)
    if (entry.value.kind == SettingKind::text)
      add_column(reading, entry.key, entry.value, entry.value.text);
  for (const Setting& element : value->elements)
    if (element.kind == SettingKind::text)
      add_column(reading, element.text, element, "{" + element.text + "}");
  if (reading.columns.empty() ||
      reading.columns.size() != value->entries.size() + value->elements.size())
    reading.output.problem(
        "columns", R"(expected a list of fields, or a table such as { size = "{page.bytes}" })");
}

void add_sink(Reading& reading, SinkSpec spec) {
  const auto same = [&spec](const SinkSpec& s) { return !s.path.empty() && s.path == spec.path; };
  auto& sinks = reading.spec.sinks;
  if (std::any_of(sinks.begin(), sinks.end(), same))
    reading.output.problem(spec.kind, fmt::format("two outputs would write {}", spec.shown));
  sinks.push_back(std::move(spec));
}

/// What a table is made of, but for what only a run has.
TableOptions table_options(const Reading& reading, const SinkSpec& spec,
                           std::vector<Column> columns, Rows rows) {
  return {.path = spec.path,
          .name = ledger_name(reading, spec),
          .columns = std::move(columns),
          .rows = rows};
}

TableOptions with_steps(TableOptions options, const SinkResources& resources) {
  options.steps = resources.steps;
  return options;
}

void add_jsonl(Reading& reading, const std::string& shown, std::vector<Column> columns, Rows rows) {
  SinkSpec spec{.kind = "jsonl", .shown = shown, .path = absolute(reading, shown)};
  spec.make = [table = table_options(reading, spec, std::move(columns), rows)](
                  const SinkResources& r) { return make_jsonl_sink(with_steps(table, r)); };
  add_sink(reading, std::move(spec));
}

/// The path of a table, from `csv = "x.csv"` or `csv = { file = "x.csv", ... }`.
std::string file_of(Reading& reading, std::string_view kind) {
  const Setting* value = reading.output.tree().find(kind);
  const Setting* file = value->kind == SettingKind::table ? value->find("file") : value;
  if (file != nullptr && file->kind == SettingKind::text && !file->text.empty()) return file->text;
  reading.output.problem(kind, "expected the path of a file");
  return {};
}

void read_csv(Reading& reading) {
  const Setting* value = reading.output.any("csv");
  CsvTableOptions options;
  if (reading.output.boolean("spreadsheet_safe").value_or(false))
    options.spreadsheet_safe = SpreadsheetSafe::yes;
  if (value == nullptr) return;
  const std::string shown = file_of(reading, "csv");
  if (value->kind == SettingKind::table) {
    SettingReader own(*value, reading.output.path_of("csv"), reading.output.problems());
    own.any("file");
    if (const auto separator = own.text("separator")) {
      if (separator->size() == 1)
        options.separator = separator->front();
      else
        own.problem("separator", R"(expected one character, such as ";" or "\t")");
    }
    own.done();
  }
  SinkSpec spec{.kind = "csv", .shown = shown, .path = absolute(reading, shown)};
  spec.make = [table = table_options(reading, spec, reading.columns, reading.rows), options](
                  const SinkResources& r) { return make_csv_sink(with_steps(table, r), options); };
  add_sink(reading, std::move(spec));
}

void read_sqlite(Reading& reading) {
  const Setting* value = reading.output.any("sqlite");
  if (value == nullptr) return;
  const std::string shown = file_of(reading, "sqlite");
  std::string table = "results";
  if (value->kind == SettingKind::table) {
    SettingReader own(*value, reading.output.path_of("sqlite"), reading.output.problems());
    own.any("file");
    table = own.text("table").value_or(table);
    own.done();
  }
  SinkSpec spec{.kind = "sqlite", .shown = shown, .path = absolute(reading, shown), .table = table};
  spec.make = [rows = table_options(reading, spec, reading.columns, reading.rows), table](
                  const SinkResources& r) { return make_sqlite_sink(with_steps(rows, r), table); };
  add_sink(reading, std::move(spec));
}

/// Where a pattern's own folder ends: names made of items stay below it. Inside the job's folder
/// that is the folder itself; a path that leaves it begins where its placeholders begin.
std::pair<std::string, std::string> split_pattern(const Reading& reading,
                                                  const std::string& pattern) {
  const bool leaves = pattern.starts_with('/') || pattern.starts_with("..");
  const std::size_t slash = pattern.rfind('/', pattern.find('{'));
  if (!leaves || slash == pattern.npos) return {absolute(reading, "."), pattern};
  return {absolute(reading, pattern.substr(0, slash + 1)), pattern.substr(slash + 1)};
}

/// `content = "page"` is short for `"{page}"`: nobody wants files that hold one fixed word.
std::optional<std::string> read_content(Reading& reading) {
  std::optional<std::string> content = reading.output.text("content");
  if (content && content->find_first_of("{} ") == content->npos) content = "{" + *content + "}";
  return content;
}

void read_files(Reading& reading) {
  const auto content = read_content(reading);
  const auto pattern = reading.output.text("files");
  if (content)
    reading.templates.parse(*content, placeholders::Place::plain,
                            reading.output.place_of("content"), reading.output.path_of("content"));
  if (content && !pattern) reading.output.problem("content", "is what goes into `files`");
  if (!pattern) return;
  reading.templates.parse(*pattern, placeholders::Place::path, reading.output.place_of("files"),
                          reading.output.path_of("files"));
  const auto [folder, path] = split_pattern(reading, *pattern);
  FilesOptions options{.folder = folder, .path = path, .content = content.value_or("")};
  SinkSpec spec{.kind = "files", .shown = *pattern};
  spec.make = [options](const SinkResources& r) {
    FilesOptions own = options;
    own.steps = r.steps;
    // The last step's output as a whole is what files hold anyway: its text, body or file.
    if (!r.steps.empty() && own.content == "{" + r.steps.back() + "}") own.content.clear();
    own.bodies_folder = r.bodies_folder;
    return make_files_sink(std::move(own));
  };
  add_sink(reading, std::move(spec));
}

void read_stdout(Reading& reading) {
  const auto format = reading.output.choice("stdout", {"jsonl", "csv"});
  if (!format) return;
  SinkSpec spec{.kind = "stdout", .shown = "standard output"};
  spec.make = [format = *format == 0 ? StreamFormat::jsonl : StreamFormat::csv,
               columns = reading.columns,
               rows = reading.rows](const SinkResources& r) -> Result<std::unique_ptr<Sink>> {
    const int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return Error{Errc::system, "standard output is closed", "output.stdout"};
    return make_stream_sink(
        {.fd = fd, .format = format, .columns = columns, .steps = r.steps, .rows = rows});
  };
  add_sink(reading, std::move(spec));
}

/// "pages.jsonl" -> "pages.failed.jsonl", beside the first table that has a path.
std::string failures_file(const OutputSpec& spec) {
  for (const SinkSpec& sink : spec.sinks) {
    if (sink.path.empty()) continue;
    return fs::path(sink.shown).replace_extension(".failed.jsonl").string();
  }
  return "failed.jsonl";
}

}  // namespace

OutputSpec read_output(SettingReader& output, const fs::path& folder) {
  OutputSpec spec;
  TemplateReader templates(output.problems());
  Reading reading{output, folder, templates, spec};
  read_columns(reading);
  const auto failures = output.choice("failures", {"rows", "file", "none"});
  if (failures.value_or(0) != 0) reading.rows = Rows::successes;
  if (output.any("jsonl") != nullptr)
    add_jsonl(reading, file_of(reading, "jsonl"), reading.columns, reading.rows);
  read_csv(reading);
  read_sqlite(reading);
  read_files(reading);
  read_stdout(reading);
  if (failures == 1U) add_jsonl(reading, failures_file(spec), {}, Rows::failures);
  if (output.boolean("keep_order").value_or(false)) spec.order = OutputOrder::source;
  output.done();
  spec.uses = templates.take();
  return spec;
}

}  // namespace penstock::catalog
