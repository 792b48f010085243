// The gateway's own reasons in words. Reasons of the control plane come with their own sentence.

const SENTENCES: Record<string, string> = {
  wrong_host: "This address belongs to no workspace.",
  path_refused: "This address is not written in a form that is accepted.",
  path_denied: "This part of the notebook server is closed here.",
  method_denied: "This cannot be done here.",
  query_denied: "This cannot be asked here.",
  cross_site: "Only the workspace itself may ask this. Open the workspace from the console.",
  not_framed: "A workspace opens inside the console only.",
  service_worker: "Background scripts are not offered here.",
  wrong_origin: "The connection does not come from this workspace.",
  no_session: "You are not signed in at this workspace. Open it from the console.",
  ticket_invalid: "This way in was used already or is too old. Open the workspace again from the console.",
  too_many: "Too much is asked for at once. Wait a moment and try again.",
  upload_stalled: "The file stopped coming, so nothing of it was kept. Send it again.",
  too_large: "This is larger than what may be sent at once.",
  legacy_protocol: "The notebook speaks an old protocol that is not accepted here.",
  notebook_answer: "The notebook server gave an answer that is not passed on.",
  no_asset: "Lab has no such file.",
  asset_changed:
    "The notebook server sent a file of Lab that is not Lab's. Stop the workspace and open it again.",
  notebook_unavailable: "The notebook does not answer at the moment. It may still be starting.",
  control_plane_unreachable:
    "Glasshouse cannot check your access at the moment. Your work goes on and is not lost.",
  audit_unavailable: "The log cannot be written at the moment, so nothing is shown. Your work is not lost.",
  shown_limit: "Today's allowance of what may be shown in the browser is used up.",
}

export function sentenceOf(code: string): string {
  return SENTENCES[code] ?? "This is not possible here."
}
