# What optimised builds are hardened with (OpenSSF, Compiler Options Hardening Guide for C and C++).
# scripts/check_hardening looks at the program for what came of it.
include(CheckCXXCompilerFlag)

# Level 3 also sees sizes that are known only at run time. Older compilers warn and take it for 2.
set(fortify 2)
if((CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12) OR
   (CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 9))
  set(fortify 3)
endif()
target_compile_options(pruuv_flags INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${fortify}>)

foreach(flag stack-clash-protection cf-protection)
  string(MAKE_C_IDENTIFIER "has_${flag}" known)
  check_cxx_compiler_flag(-f${flag} ${known})
  if(${known})
    target_compile_options(pruuv_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-f${flag}>)
  endif()
endforeach()
