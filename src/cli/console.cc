// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The only file that writes to descriptors 1 and 2 and reads the environment.
#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "report/safe_text.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kColumnsDefault = 80;

int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::optional<std::string> process_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::size_t columns_of_terminal(int fd) {
  if (const auto columns = process_variable("COLUMNS")) {
    std::size_t number = 0;
    const char* end = columns->data() + columns->size();
    const auto [rest, failed] = std::from_chars(columns->data(), end, number);
    if (failed == std::errc{} && rest == end && number > 0)
      return std::min<std::size_t>(number, 1000);
  }
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kColumnsDefault;
}

/// The first of LC_ALL, LC_CTYPE and LANG that is set decides, as in setlocale().
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = process_variable(name).value_or("");
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return value.find("UTF-8") != value.npos || value.find("UTF8") != value.npos;
  }
  return false;
}

Channel channel_of(int fd) {
  Channel channel;
  channel.write = [fd](std::string_view text) { return write_all(fd, text); };
  channel.is_terminal = ::isatty(fd) == 1;
  channel.measure = [fd] { return columns_of_terminal(fd); };
  const bool dumb = process_variable("TERM").value_or("dumb") == "dumb";
  const bool plain = dumb || !process_variable("NO_COLOR").value_or("").empty();
  channel.style = {.columns = columns_of_terminal(fd),
                   .colour = channel.is_terminal && !plain,
                   .unicode = speaks_utf8()};
  return channel;
}

}  // namespace

Console::Console(Channel out, Channel err, Environment environment)
    : out_(std::move(out)), err_(std::move(err)), environment_(std::move(environment)) {}

void Console::out(std::string_view text) {
  if (out_error_ == 0) out_error_ = out_.write(text);
}

void Console::err(std::string_view text) {
  // A terminal that is gone must not end the run: its words are lost, the work is not.
  if (err_error_ == 0) err_error_ = err_.write(text);
}

void Console::complain(std::string_view text) {
  err("penstock: " + report::safe_text(text) + "\n");
}

void Console::measure() {
  for (Channel* channel : {&out_, &err_})
    if (channel->measure) channel->style.columns = channel->measure();
}

std::optional<bool> Console::ask(std::string_view question) {
  if (!err_.is_terminal || ::isatty(STDIN_FILENO) != 1) return std::nullopt;
  err(report::safe_text(question) + " [y/N] ");
  std::string answer;
  for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) answer += c;
  return answer == "y" || answer == "Y" || answer == "yes";
}

Console process_console() {
  return Console(channel_of(STDOUT_FILENO), channel_of(STDERR_FILENO), process_variable);
}

}  // namespace penstock::cli
