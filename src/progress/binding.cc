// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See binding.h.
#include "progress/binding.h"

#include <algorithm>
#include <cmath>

namespace penstock::progress {

void Binding::set(std::string_view cause, TimePoint now) {
  if (causes_[current_].name == cause) return;
  weigh(now);
  current_ = find_or_add(cause);
}

Binding::Held Binding::held(TimePoint now) const {
  Binding until_now = *this;
  until_now.weigh(now);
  return Held{until_now.leader_, now - until_now.leads_since_};
}

void Binding::weigh(TimePoint now) {
  const TimePoint began = set_at_;
  const double kept = std::exp2(-std::chrono::duration<double>(now - began).count());
  for (Cause& cause : causes_) cause.weight *= kept;
  causes_[current_].weight += 1 - kept;
  set_at_ = now;
  const std::string& heaviest_name = causes_[heaviest()].name;
  if (heaviest_name == leader_) return;
  // Only the current cause grows, so it overtook since it began.
  leader_ = heaviest_name;
  leads_since_ = began;
}

std::size_t Binding::heaviest() const {
  const auto at =
      std::max_element(causes_.begin(), causes_.end(),
                       [](const Cause& a, const Cause& b) { return a.weight < b.weight; });
  return static_cast<std::size_t>(at - causes_.begin());
}

std::size_t Binding::find_or_add(std::string_view name) {
  const auto found = std::find_if(causes_.begin(), causes_.end(),
                                  [name](const Cause& cause) { return cause.name == name; });
  if (found != causes_.end()) return static_cast<std::size_t>(found - causes_.begin());
  if (causes_.size() == kCausesMax) {
    causes_.erase(
        std::min_element(causes_.begin(), causes_.end(),
                         [](const Cause& a, const Cause& b) { return a.weight < b.weight; }));
  }
  causes_.push_back(Cause{std::string(name), 0});
  return causes_.size() - 1;
}

}  // namespace penstock::progress
