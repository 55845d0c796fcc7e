// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One place turns the placeholders' own errors into problems of the job file.
#include "catalog/template_reader.h"

namespace penstock::catalog {

std::optional<placeholders::Template> TemplateReader::parse(std::string_view text,
                                                            placeholders::Place place, Place at,
                                                            const std::string& key) {
  Result<placeholders::Template> parsed = placeholders::Template::parse(text, place);
  if (!parsed) {
    problems_.error(at, key, parsed.error().message);
    return std::nullopt;
  }
  uses_.push_back({at, key, parsed->names(), parsed->reserved_names()});
  return std::move(*parsed);
}

void TemplateReader::note_strings(const Setting& value, const std::string& key) {
  if (value.kind == SettingKind::text) parse(value.text, placeholders::Place::json, value.at, key);
  for (const Setting& element : value.elements) note_strings(element, key);
  for (const SettingEntry& entry : value.entries) note_strings(entry.value, key + "." + entry.key);
}

}  // namespace penstock::catalog
