"use client";

import { type ReactNode, useId, useRef } from "react";
import { Button } from "#lib/ui/button.tsx";

interface ConfirmDialogProps {
  /** The label of the button that opens the dialog. */
  ask: string;
  variant?: "secondary" | "danger";
  title: string;
  children: ReactNode;
  /** The label of the button that confirms. */
  confirm: string;
  onConfirm(): void;
}

/** A button that asks first. The browser's own dialog keeps the focus and closes on Escape. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { ask, variant = "secondary", title, children, confirm, onConfirm } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  function open() {
    if (!dialog.current) return;
    // A dialog keeps its last return value, and Escape would return it again.
    dialog.current.returnValue = "";
    dialog.current.showModal();
  }

  return (
    <>
      <Button variant={variant} onClick={open}>
        {ask}
      </Button>
      <dialog
        ref={dialog}
        aria-labelledby={titleId}
        onClose={(event) => event.currentTarget.returnValue === "yes" && onConfirm()}
        className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-6 text-ink shadow-xl backdrop:bg-black/50 sm:p-7"
      >
        <form method="dialog">
          <h2 id={titleId} className="text-xl">
            {title}
          </h2>
          <p className="mt-2 mb-6 leading-relaxed text-muted">{children}</p>
          <div className="flex flex-wrap justify-end gap-3">
            <Button type="submit" value="no" variant="quiet">
              Cancel
            </Button>
            <Button type="submit" value="yes">
              {confirm}
            </Button>
          </div>
        </form>
      </dialog>
    </>
  );
}
