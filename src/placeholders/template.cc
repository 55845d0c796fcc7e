// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rendering a template. Reading one: template_parse.cc.
#include "placeholders/template.h"

#include <algorithm>

#include "core/assert.h"
#include "core/json_text.h"
#include "core/value.h"
#include "placeholders/path_name.h"

namespace penstock::placeholders {
namespace {

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

void add_once(const std::string& name, std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

bool has_default(const std::vector<Filter>& filters) {
  return std::any_of(filters.begin(), filters.end(),
                     [](const Filter& f) { return f.name == FilterName::default_text; });
}

Error of_placeholder(std::string_view name, Error error) {
  error.message = "{" + std::string(name) + "}: " + error.message;
  return error;
}

Error missing(std::string_view name, std::string_view why) {
  return of_placeholder(name, {Errc::invalid, std::string(why), "item.field"});
}

// One name of a path while its pieces come.
struct PathName {
  std::string text;
  bool has_value = false;
  bool starts_with_literal = false;

  void add_literal(std::string_view piece) {
    if (text.empty() && !has_value) starts_with_literal = !piece.empty();
    text += piece;
  }
};

Status end_name(PathName& name, std::string& out) {
  if (name.has_value) {
    PENSTOCK_TRY(safe, path_name(name.text, name.starts_with_literal));
    out += safe;
  } else {
    out += name.text;
  }
  name = {};
  return ok();
}

}  // namespace

std::optional<std::string> preview_resolver(std::string_view name) {
  if (name == "worker") return "0";
  if (name == "attempt") return "1";
  return "***";
}

bool is_reserved(std::string_view name) noexcept {
  return name == "worker" || name == "attempt" || begins_with(name, "env.") ||
         begins_with(name, "secret.");
}

// Filters in order. What is missing or null passes by all of them up to a default.
Result<std::string> Template::value_of(const Part& part, json::Node value,
                                       const Resolver& resolve) const {
  std::optional<std::string> text;
  std::optional<json::Node> node;
  if (is_reserved(part.name)) {
    if (resolve) text = resolve(part.name);
  } else {
    node = lookup(value, part.name);
    if (node && !node->is(json::Kind::null)) text = node->text();
  }
  for (const Filter& filter : part.filters) {
    if (filter.name == FilterName::default_text) {
      if (!text || text->empty()) text = filter.text;
      continue;
    }
    if (!text) continue;
    if (filter.name == FilterName::json && &filter == &part.filters.front() && node) {
      text = node->raw();
      continue;
    }
    auto applied = apply_filter(filter, *text);
    if (!applied) return of_placeholder(part.name, std::move(applied.error()));
    text = std::move(*applied);
  }
  if (text) return std::move(*text);
  if (is_reserved(part.name)) return missing(part.name, "is not known here");
  return missing(part.name, node ? "the field is null" : "there is no such field");
}

Result<std::string> Template::escaped(const Part& part, std::string_view text) const {
  const bool is_encoded =
      !part.filters.empty() && part.filters.back().name == FilterName::urlencode;
  if (is_encoded && (place_ == Place::url || place_ == Place::query || place_ == Place::form)) {
    return std::string(text);
  }
  auto safe = escape_for(place_, text);
  if (!safe) return of_placeholder(part.name, std::move(safe.error()));
  return safe;
}

Result<std::string> Template::render(json::Node value, const Resolver& resolve) const {
  if (place_ == Place::path) return render_path(value, resolve);
  std::string out;
  std::size_t url_bytes = 0;  // Of a URL that came whole.
  for (const Part& part : parts_) {
    if (part.is_literal()) {
      out += part.literal;
      continue;
    }
    PENSTOCK_TRY(text, value_of(part, value, resolve));
    if (place_ == Place::url && &part == &parts_.front()) {
      auto url = as_url(text);
      if (!url) return of_placeholder(part.name, std::move(url.error()));
      out = std::move(*url);
      url_bytes = out.size();
    } else {
      PENSTOCK_TRY(safe, escaped(part, text));
      out += safe;
    }
  }
  if (place_ == Place::url) {
    PENSTOCK_CHECK(check_segments(std::string_view(out).substr(url_bytes)));
  }
  return out;
}

// No encoding keeps a client from resolving "..", so a value must not become one.
Status Template::check_segments(std::string_view url) const {
  std::string_view path = url.substr(0, url.find_first_of("?#"));
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") {
      return Error{
          Errc::invalid,
          text_ + ": the path of the URL would have a part \"" + std::string(segment) + "\"",
          "item.url"};
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return ok();
}

Result<std::string> Template::render_path(json::Node value, const Resolver& resolve) const {
  std::string out;
  PathName name;
  for (const Part& part : parts_) {
    if (!part.is_literal()) {
      PENSTOCK_TRY(text, value_of(part, value, resolve));
      PENSTOCK_TRY(safe, escaped(part, text));
      name.has_value = true;
      name.text += safe;
      continue;
    }
    std::string_view rest = part.literal;
    for (std::size_t slash = rest.find('/'); slash != std::string_view::npos;
         slash = rest.find('/')) {
      name.add_literal(rest.substr(0, slash));
      PENSTOCK_CHECK(end_name(name, out));
      out += '/';
      rest.remove_prefix(slash + 1);
    }
    name.add_literal(rest);
  }
  PENSTOCK_CHECK(end_name(name, out));
  return out;
}

Result<std::string> Template::render_json(json::Node value, const Resolver& resolve) const {
  PENSTOCK_ASSERT(is_single());
  const Part& part = parts_.front();
  if (part.filters.empty() && !is_reserved(part.name)) {
    const auto node = lookup(value, part.name);
    if (!node) return missing(part.name, "there is no such field");
    return std::string(node->raw());
  }
  PENSTOCK_TRY(text, value_of(part, value, resolve));
  const bool is_json = !part.filters.empty() && part.filters.back().name == FilterName::json;
  return is_json ? std::move(text) : json::quoted(text);
}

std::vector<std::string> Template::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    const bool is_field = !part.is_literal() && !is_reserved(part.name);
    if (is_field && !has_default(part.filters)) add_once(part.name, names);
  }
  return names;
}

std::vector<std::string> Template::reserved_names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (is_reserved(part.name)) add_once(part.name, names);
  }
  return names;
}

bool Template::is_constant() const noexcept {
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& p) { return p.is_literal(); });
}

bool Template::is_single() const noexcept {
  return parts_.size() == 1 && !parts_.front().is_literal();
}

}  // namespace penstock::placeholders
