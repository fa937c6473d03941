/** Models with weights of others, LoRA and pruning. Each module is also importable by its own name, such as `@etude/models/ResNet`. */
export * as Gpt2 from "./Gpt2.ts"
export * as Lora from "./Lora.ts"
export * as MobileNet from "./MobileNet.ts"
export * as Pruning from "./Pruning.ts"
export * as PyTorch from "./PyTorch.ts"
export * as ResNet from "./ResNet.ts"
export * as VisionTransformer from "./VisionTransformer.ts"
