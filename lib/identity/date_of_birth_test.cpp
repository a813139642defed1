#include "identity/identity.hpp"
#include "testing/testing.hpp"

namespace pruuv::identity {
namespace {

TEST_CASE("a date of birth whose order is certain becomes YYYYMMDD") {
  for (const std::string date : {"19970216", " 1997-02-16 ", "1997-2-16", "1997/02/16",
                                 "1997.02.16", "1997 02 16", "2/16/1997", "16.02.1997", "16/2/1997",
                                 "02-16-1997", "1997-02-16T00:00:00Z", "1997-02-16 08:30:00"}) {
    INFO(date);
    CHECK(normalize_date_of_birth(date) == "19970216");
  }
  CHECK(normalize_date_of_birth("3/3/1980") == "19800303");
  CHECK(normalize_date_of_birth("29.02.2000") == "20000229");
  CHECK(normalize_date_of_birth("1900-01-01") == "19000101");
}

TEST_CASE("day and month that could change places give nothing") {
  for (const std::string date : {"03/04/1997", "3.4.1997", "12-11-1997", "01 02 1990"}) {
    INFO(date);
    CHECK(!normalize_date_of_birth(date));
  }
}

TEST_CASE("what is no date of a living person gives nothing") {
  for (const std::string date : {"",
                                 " ",
                                 "31/02/97",
                                 "1997",
                                 "1997-02",
                                 "1997-02-30",
                                 "29.02.1900",
                                 "1997-13-01",
                                 "1997-16-02",
                                 "13/13/1997",
                                 "1899-12-31",
                                 "2100-01-01",
                                 "0/16/1997",
                                 "16/0/1997",
                                 "16021997",
                                 "-1997-02-16",
                                 "1997-02/16",
                                 "1997--16",
                                 "1997-02-16-01",
                                 "1997-02-16x",
                                 "16 Feb 1997",
                                 "1997-002-16",
                                 "856051200",
                                 "199702161",
                                 "\xff\xff"}) {
    INFO(date);
    CHECK(!normalize_date_of_birth(date));
  }
}

TEST_CASE("a date that was hashed before passes in lower case") {
  CHECK(normalize_date_of_birth(std::string(64, 'B')) == std::string(64, 'b'));
}

}  // namespace
}  // namespace pruuv::identity
