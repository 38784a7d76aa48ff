/* Undefines the verbs of models.def, so that the next view can define its own. No include guard. */
#undef MODEL
#undef STR
#undef I32
#undef I64
#undef DOUBLE
#undef BOOL
#undef ENUM
#undef ONE
#undef LIST
#undef STRS
#undef MAP
#undef END
