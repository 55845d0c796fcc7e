// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether a file lies inside is judged on canonical paths, after all links are followed.
#include "folder.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace penstock::lab {
namespace {

namespace fs = std::filesystem;

// Beyond this, files are read anew for every request.
constexpr std::size_t kKeptBytesMax = 512u << 20;

struct TypeByEnding {
  std::string_view ending;
  std::string_view type;
};
constexpr std::array<TypeByEnding, 18> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".rst", "text/plain; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".jsonl", "application/x-ndjson"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".gif", "image/gif"},
    {".pdf", "application/pdf"},
    {".gz", "application/gzip"},
    {".zip", "application/zip"},
}};

/// REQUIRES: both canonical.
bool is_inside(const fs::path& path, const fs::path& root) {
  const auto [in_root, in_path] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return in_root == root.end() && in_path != path.end();
}

bool is_page(std::string_view path) {
  const auto type = content_type(path);
  return type.substr(0, 9) == "text/html" || type.substr(0, 10) == "text/plain";
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string_view content_type(std::string_view path) noexcept {
  const auto dot = path.rfind('.');
  const auto ending = dot == std::string_view::npos ? std::string_view() : path.substr(dot);
  const auto found = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TypeByEnding& type) { return type.ending == ending; });
  return found == kTypes.end() ? std::string_view("application/octet-stream") : found->type;
}

Result<std::unique_ptr<Folder>> Folder::open(const fs::path& root) {
  std::error_code failure;
  const auto canonical = fs::canonical(root, failure);
  if (failure || !fs::is_directory(canonical, failure)) {
    return Error{Errc::invalid, "open folder " + root.string() + ": not a folder", "lab.folder"};
  }
  return std::unique_ptr<Folder>(new Folder(canonical));
}

fs::path Folder::resolve(std::string_view path) const {
  if (path.find('\0') != std::string_view::npos) return {};
  const auto start = std::min(path.find_first_not_of('/'), path.size());
  std::error_code failure;
  auto file = fs::canonical(root_ / path.substr(start), failure);
  if (!failure && fs::is_directory(file, failure))
    file = fs::canonical(file / "index.html", failure);
  const bool served = !failure && is_inside(file, root_) && fs::is_regular_file(file, failure);
  return served ? file : fs::path();
}

Folder::File Folder::find(std::string_view path) {
  const std::lock_guard lock(mutex_);
  std::string key(path);
  if (const auto kept = kept_.find(key); kept != kept_.end()) return kept->second;
  const auto file = resolve(path);
  if (file.empty()) return {};
  File found{file.lexically_relative(root_).generic_string(),
             std::make_shared<const std::string>(read_all(file))};
  if (kept_bytes_ + found.content->size() <= kKeptBytesMax) {
    kept_bytes_ += found.content->size();
    kept_.emplace(std::move(key), found);
  }
  return found;
}

std::vector<std::string> Folder::pages(std::size_t files_max) const {
  std::vector<std::string> paths;
  std::error_code failure;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(root_, options, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (!is_page(at->path().native())) continue;
    auto relative = at->path().lexically_relative(root_).generic_string();
    if (!resolve(relative).empty()) paths.push_back(std::move(relative));
  }
  std::sort(paths.begin(), paths.end());
  if (paths.size() > files_max) paths.resize(files_max);
  return paths;
}

std::string Folder::read(const std::string& path) const {
  const auto file = resolve(path);
  return file.empty() ? std::string() : read_all(file);
}

}  // namespace penstock::lab
