/** __description__ */
export { __name__ } from "./__Name__.ts"
