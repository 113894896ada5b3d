/** Whether the session survives closing the browser. An unchecked box sends nothing. */
export function RememberField() {
  return (
    <label className="flex min-h-11 items-center gap-3 text-[0.9375rem]">
      <input
        type="checkbox"
        name="remember"
        value="true"
        defaultChecked
        className="size-4.5 accent-accent"
      />
      Stay signed in on this device
    </label>
  );
}
