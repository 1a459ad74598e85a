#include "config/route_key.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "config/methods.hpp"
#include "config/quote.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Empty if the word is a method, else what is wrong with it.
std::string method_mistake(std::string_view word) {
  const auto methods = registered_methods();
  if (word.empty()) return "a method is missing beside '|'; write methods like 'GET|POST'";
  if (std::binary_search(methods.begin(), methods.end(), word)) return "";
  if (word == "CONNECT") return "CONNECT has no path that a route could match; remove it";
  std::vector<std::string_view> words(methods.begin(), methods.end());
  words.push_back("ANY");
  return quote(word) + " is not a registered HTTP method; ANY takes every method" +
         did_you_mean(word, words);
}

/// Returns whether they are fine.
bool read_methods(std::string_view text, const Node& key, Route& route, Problems& problems) {
  if (text == "ANY") return true;
  bool fine = true;
  for (;;) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    const std::string method(text.substr(0, bar));
    std::string mistake;
    if (method == "ANY") {
      mistake = "ANY takes every method; write it alone";
    } else if (std::find(route.methods.begin(), route.methods.end(), method) !=
               route.methods.end()) {
      mistake = "the method " + method + " is there twice; remove one of the two";
    } else {
      mistake = method_mistake(method);
    }
    if (mistake.empty()) {
      route.methods.push_back(method);
    } else {
      problems.add(key.position, mistake);
      fine = false;
    }
    if (bar == text.size()) return fine;
    text.remove_prefix(bar + 1);
  }
}

std::string pattern_mistake(std::string_view methods, std::string_view pattern) {
  if (pattern.empty()) {
    if (methods.find('/') == std::string_view::npos) {
      return quote(methods) + " has no path; write a route like 'GET /hello: native hello'";
    }
    return quote(methods) + " has no method; write it before the path, like 'GET " +
           std::string(methods) + "'";
  }
  if (pattern.find_first_of(kBlanks) != std::string_view::npos) {
    return "the path " + quote(pattern) +
           " holds a blank; write '%20' for it, and '|' between methods";
  }
  if (pattern.find('/') != std::string_view::npos) return "";
  return "the path " + quote(pattern) + " must start with '/'";
}

}  // namespace

std::pair<std::string_view, std::string_view> split_word(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  std::string_view rest = text.substr(end);
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  rest.remove_suffix(rest.size() - (rest.find_last_not_of(kBlanks) + 1));
  return {text.substr(0, end), rest};
}

bool read_route_key(const Node& key, Route& route, Problems& problems) {
  const auto [methods, pattern] = split_word(key.text);
  if (const std::string mistake = pattern_mistake(methods, pattern); !mistake.empty()) {
    problems.add(key.position, mistake);
    return false;
  }
  route.pattern = pattern;
  return read_methods(methods, key, route, problems);
}

}  // namespace plughost::config
