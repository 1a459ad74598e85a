#include "builtin/static_files.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "http/accept_encoding.hpp"
#include "http/media_type.hpp"

namespace plughost::builtin {
namespace {

struct Variant {
  std::string_view coding;
  std::string_view suffix;
};

constexpr std::array<Variant, 3> kVariants{{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}};

std::string_view suffix_of(std::string_view coding) {
  for (const Variant& known : kVariants) {
    if (known.coding == coding) return known.suffix;
  }
  return {};
}

FileTree::Links links_of(const config::StaticFiles& settings) {
  return settings.symlinks ? FileTree::Links::anywhere : FileTree::Links::inside;
}

unsigned status_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:  // a socket
      return 404;
    case EACCES:
    case EPERM:
      return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return 503;
    default:
      return 500;
  }
}

std::string_view detail_of(unsigned status) {
  switch (status) {
    case 404:
      return "There is no such file.";
    case 403:
      return "The server may not read this file.";
    case 503:
      return "The server cannot open more files now.";
    default:
      return "";
  }
}

}  // namespace

StaticFiles::StaticFiles(dispatch::Responder& responder, const config::StaticFiles& settings)
    : responder_(responder),
      settings_(settings),
      is_one_file_(std::filesystem::is_regular_file(settings.path)),
      tree_(settings.path, links_of(settings)) {
  traits_.negotiated = settings.precompressed && !is_one_file_;
  if (settings.max_age) {
    traits_.cache_control = "max-age=" + std::to_string(settings.max_age->count());
  }
}

void StaticFiles::handle(dispatch::Request& request) noexcept {
  const auto token = request.token();
  try {
    serve(request);
  } catch (const std::exception& error) {
    log::error("cannot serve a file of " + tree_.path().string() + ": " + error.what());
    responder_.respond_problem(token, 500, "");
  }
}

void StaticFiles::serve(const dispatch::Request& request) {
  std::string name = is_one_file_ ? "" : request.match.params.back();
  const bool wants_folder = request.message.raw_path.ends_with('/');
  if (wants_folder && !is_one_file_) {
    if (settings_.index.empty()) return serve_fallback(request, ENOENT);
    name += settings_.index;
  }
  OpenFile file = tree_.open(name);
  if (!file.fd) return serve_fallback(request, file.error);
  if (!file.is_folder()) return serve_file(request, name, std::move(file));
  if (wants_folder || is_one_file_) return serve_fallback(request, ENOENT);
  redirect_to_folder(request);
}

void StaticFiles::serve_file(const dispatch::Request& request, const std::string& name,
                             OpenFile file) {
  std::string_view coding;
  OpenFile variant = find_variant(request, name, file, coding);
  FileTraits traits = traits_;
  traits.media_type =
      http::media_type_of(name.empty() ? std::string_view(tree_.path().native()) : name);
  traits.coding = coding;
  answer_with_file(responder_, request, variant.fd ? std::move(variant) : std::move(file), traits);
}

/// The smallest that is there and that the client takes; a variant older than its file is none.
OpenFile StaticFiles::find_variant(const dispatch::Request& request, const std::string& name,
                                   const OpenFile& plain, std::string_view& coding) const {
  std::vector<std::string_view> offered;
  if (traits_.negotiated) {
    for (const Variant& variant : kVariants) offered.push_back(variant.coding);
  }
  while (!offered.empty()) {
    coding = http::choose_coding(request.message, offered);
    if (coding.empty()) break;
    OpenFile variant = tree_.open(name + std::string(suffix_of(coding)));
    const bool is_usable = variant.fd && !variant.is_folder() &&
                           variant.info.st_mtim.tv_sec >= plain.info.st_mtim.tv_sec;
    if (is_usable) return variant;
    std::erase(offered, coding);
  }
  coding = {};
  return {};
}

/// What stands in for a file that is not there.
void StaticFiles::serve_fallback(const dispatch::Request& request, int error) {
  if (status_of(error) != 404 || settings_.fallback.empty()) return refuse(request, error);
  OpenFile file = tree_.open(settings_.fallback);
  if (!file.fd || file.is_folder()) return refuse(request, error);
  serve_file(request, settings_.fallback, std::move(file));
}

void StaticFiles::refuse(const dispatch::Request& request, int error) {
  const unsigned status = status_of(error);
  if (status >= 500) {
    log::error("cannot open a file of " + tree_.path().string() + ": " +
               std::generic_category().message(error));
  }
  responder_.respond_problem(request.token(), status, detail_of(status));
}

/// Rationale: relative, so that it is right behind a proxy that cuts a prefix off, and never the
/// name of a host.
void StaticFiles::redirect_to_folder(const dispatch::Request& request) {
  const auto& message = request.message;
  std::string location = ".";
  location.append(message.raw_path.substr(message.raw_path.rfind('/'))).append("/");
  if (!message.query.empty()) location.append("?").append(message.query);
  http::HeaderLines headers;
  headers.append("location", location);
  responder_.respond(request.token(), {308, headers, "", {}});
}

}  // namespace plughost::builtin
