#pragma once

#include <plughost/abi/host.h>
#include <plughost/abi/http.h>

/// The members of ph_http_api for answers and bodies that come in pieces; see plughost/abi/http.h.
namespace plughost::plugin::stream {

ph_status start(const ph_host* host, ph_req token, uint32_t status, const ph_header* headers,
                size_t count) noexcept;
ph_status write(const ph_host* host, ph_req token, ph_buf bytes, ph_release_fn release,
                void* ctx) noexcept;
ph_status on_writable(const ph_host* host, ph_req token, ph_notify notify) noexcept;
ph_status finish(const ph_host* host, ph_req token, const ph_header* trailers,
                 size_t count) noexcept;

ph_status read_body(const ph_host* host, ph_req token, size_t max, ph_buf* out) noexcept;
ph_status on_body(const ph_host* host, ph_req token, ph_notify notify) noexcept;

}  // namespace plughost::plugin::stream
