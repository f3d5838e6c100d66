// Style sheets that a script brings along: the bundler makes one file of them.
declare module "*.css";
