// Mail carries a link and nothing of a project. Delivery is at least once, from the mail table.
import nodemailer from "nodemailer"

export interface Letter {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface MailDriver {
  send(letter: Letter): Promise<void>
}

export function openMail(options: { host: string; port: number; from: string }): MailDriver {
  const transport = nodemailer.createTransport({
    host: options.host,
    port: options.port,
    secure: false,
    connectionTimeout: 5_000,
    socketTimeout: 10_000,
  })
  return {
    async send(letter) {
      // The id makes a repeated delivery recognisable to the receiver.
      await transport.sendMail({
        from: options.from,
        to: letter.to,
        subject: letter.subject,
        text: letter.text,
        messageId: `<${letter.id}@glasshouse>`,
      })
    },
  }
}
