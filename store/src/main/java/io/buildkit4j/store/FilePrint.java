package io.buildkit4j.store;

/**
 * One entry of a tree as far as its content digest is made of it: enough to tell two trees apart file by file without either
 * of them. Extended attributes are left out.
 *
 * @param path from the root of the tree, which is {@code /}
 * @param mode type and permission bits as in {@code st_mode}
 * @param content of a file the first eight bytes of the SHA-256 of its bytes, of a link likewise of its target, else 0
 */
public record FilePrint(String path, int mode, int uid, int gid, long content) {}
