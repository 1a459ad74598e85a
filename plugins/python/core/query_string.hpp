#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plughost::python {

/// The fields of a query string, decoded as forms are: `&` between, `+` is a space,
/// percent-encoding once; a `%` without two hexadecimal digits stands for itself. Values may be any
/// bytes.
class QueryString final {
 public:
  explicit QueryString(std::string_view raw);

  /// Every value given for name, in order.
  std::vector<std::string_view> values(std::string_view name) const;

 private:
  struct Field {
    std::string name;
    std::string value;
  };
  std::vector<Field> fields_;
};

/// text with percent-encoding and `+` undone.
std::string decode_form_text(std::string_view text);

}  // namespace plughost::python
