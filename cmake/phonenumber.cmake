# pruuv_phonenumber: libphonenumber and the protobuf runtime its table is read with. From the archives where a
# distribution has all they need, else shared: archives bring only what is used, 2 MB less memory for every command.
include(CheckCXXSourceCompiles)

find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h REQUIRED)
find_library(PHONENUMBER_LIBRARY phonenumber REQUIRED)
find_library(PROTOBUF_LIBRARY protobuf REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)

# What Debian's archive refers to; of another build's needs nothing is known, and the check below fails.
set(archives phonenumber protobuf-lite)
foreach(name strings strings_internal raw_logging_internal hash city low_level_hash raw_hash_set
             hashtablez_sampler throw_delegate base int128)
  list(APPEND archives absl_${name})
endforeach()
set(phonenumber_libraries)
foreach(name ${archives})
  string(MAKE_C_IDENTIFIER "PRUUV_ARCHIVE_${name}" found)
  find_library(${found} lib${name}.a)
  mark_as_advanced(${found})
  if(${found})
    list(APPEND phonenumber_libraries ${${found}})
  endif()
endforeach()

set(CMAKE_REQUIRED_INCLUDES ${PHONENUMBER_INCLUDE_DIR})
set(CMAKE_REQUIRED_LIBRARIES ${phonenumber_libraries} ICU::i18n ICU::uc Threads::Threads)
check_cxx_source_compiles("
  #include <phonenumbers/phonemetadata.pb.h>
  #include <phonenumbers/phonenumberutil.h>
  int main() {
    i18n::phonenumbers::PhoneMetadata metadata;
    return i18n::phonenumbers::PhoneNumberUtil::GetInstance() != nullptr && metadata.ParseFromArray(\"\", 0);
  }" PRUUV_PHONENUMBER_ARCHIVES)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT PRUUV_PHONENUMBER_ARCHIVES)
  set(phonenumber_libraries ${PHONENUMBER_LIBRARY} ${PROTOBUF_LIBRARY})
endif()

add_library(pruuv_phonenumber INTERFACE)
target_include_directories(pruuv_phonenumber SYSTEM INTERFACE ${PHONENUMBER_INCLUDE_DIR})
target_link_libraries(pruuv_phonenumber INTERFACE ${phonenumber_libraries} ICU::i18n ICU::uc)
