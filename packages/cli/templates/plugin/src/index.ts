/** __description__ */
export * as __Name__ from "./__Name__.ts"
