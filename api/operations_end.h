/* Undefines the verbs of operations.def. No include guard. */
#undef OPERATION
#undef PERMISSION
#undef PATH
#undef QUERY
#undef BODY
#undef RETURNS
#undef CONDITIONS
#undef HEADER
#undef END_OPERATION
