// `npm start`: plain JavaScript on purpose, it runs before anything is installed. See commands/start.ts.
import process from "node:process"
import { handOver } from "./launch.js"

handOver("infra/commands/start.ts", process.argv.slice(2))
